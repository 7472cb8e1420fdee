// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ILpVault} from "../../../src/interfaces/ILpVault.sol";
import {IQuoteVault} from "../../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {IVault} from "../../../src/interfaces/IVault.sol";
import {QuoteMargin} from "../../../src/makers/spot-hedge/QuoteMargin.sol";
import {QuoteVaultModule} from "../../../src/makers/spot-hedge/QuoteVaultModule.sol";
import {QuoteVaultQuotes} from "../../../src/makers/spot-hedge/QuoteVaultQuotes.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev Modules called directly, and owner functions called by an account that is not the owner.
contract SpotHedgeQuoteMakerModulesTest is SpotHedgeQuoteMakerTest {
    function test_RevertIf_ModuleIsCalledDirectly() public {
        QuoteVaultModule module_ = QuoteVaultModule(address(shq.lpModule()));
        QuoteMargin margin = shq.quoteMargin();
        assertEq(address(module_.quoteMargin()), address(margin));
        assertEq(module_.owner(), address(module_));
        assertEq(margin.owner(), address(margin));
        ISpotHedgeVault.Parameters memory p = shq.parameters();
        IQuoteVault.QuoteRules memory rules = shq.quoteRules();
        bytes memory notOwner = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));
        vm.expectRevert(notOwner);
        module_.setParameters(p);
        vm.expectRevert(notOwner);
        margin.setQuoteRules(rules);
        vm.expectRevert(notOwner);
        shq.setParameters(p);
        vm.expectRevert(notOwner);
        shq.setQuoteRules(rules);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotWhitelistLp.selector, address(this)));
        module_.deposit(1e6);
        vm.expectRevert(abi.encodeWithSelector(ILpVault.NotRequestVault.selector, address(this), address(0)));
        module_.settleDeposit(1e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IVault.NotMaker.selector, address(margin), shq.marketId()));
        margin.rebalance();
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.EnoughFunds.selector, int256(0), uint256(0)));
        margin.announceDeleverage();
        vm.expectRevert(abi.encodeWithSelector(IQuoteVault.DeleverageNotDue.selector, block.timestamp, uint256(0)));
        margin.deleverage(address(shq), new bytes[](0));
    }

    function test_RevertIf_QuotesOfAnotherMarket() public {
        QuoteVaultQuotes quotes = new QuoteVaultQuotes(house, market + 1, weth);
        vm.expectRevert(abi.encodeWithSelector(QuoteVaultModule.QuotesMismatch.selector, quotes));
        new QuoteVaultModule(house, market, weth, quotes);
    }

    /// @dev The views of the maker are those of its quotes contract on the maker's storage.
    function test_Quotes_CalledDirectly_AreThoseOfAnEmptyVault() public view {
        QuoteVaultQuotes quotes = QuoteVaultQuotes(address(shq.lpQuotes()));
        assertEq(quotes.totalAssets(), 0);
        assertEq(quotes.sharePrice(), 1e18);
        assertEq(quotes.owner(), address(quotes));
        assertGt(shq.totalAssets(), 0);
    }
}

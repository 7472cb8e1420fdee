// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {IQuoteVault} from "../../src/interfaces/IQuoteVault.sol";
import {ISpotHedgeVault} from "../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeQuoteMaker} from "../../src/makers/SpotHedgeQuoteMaker.sol";
import {SpotHedgeMaker} from "../../src/makers/spot-hedge/SpotHedgeMaker.sol";
import {QuoteVaultModule} from "../../src/makers/spot-hedge/QuoteVaultModule.sol";
import {MarketStatus} from "../../src/types/Market.sol";
import {DeployTest} from "./DeployTest.sol";

/// @dev The contracts of a deployment and their references to each other.
contract DeployExchangeTest is DeployTest {
    function test_Deploy_GuardianIsSet() public {
        Deployment memory e = _deploy(0, 1 hours);
        assertEq(e.clearingHouse.guardian(), guardian);
        assertEq(e.breaker.guardian(), guardian);
    }

    function test_Deploy_ContractsReferenceEachOther() public {
        Deployment memory e = _deploy(2 days, 1 hours);
        assertEq(e.vault.clearingHouse(), address(e.clearingHouse));
        assertEq(e.vault.backstop(), address(e.backstop));
        assertEq(address(e.vault.oracle()), address(e.oracle));
        assertEq(address(e.clearingHouse.vault()), address(e.vault));
        assertEq(address(e.clearingHouse.backstop()), address(e.backstop));
        assertEq(address(e.backstop.vault()), address(e.vault));
        assertEq(address(e.backstop.clearingHouse()), address(e.clearingHouse));
        assertTrue(e.oracle.isExecutor(address(e.orderGateway)));
        assertTrue(e.oracleMaker.isValidSender(address(e.orderGateway)));
        address[] memory makers = e.clearingHouse.makersOf(e.marketId);
        assertEq(makers.length, 2);
        assertEq(makers[0], address(e.oracleMaker));
        assertEq(makers[1], address(e.spotHedgeBaseMaker));
        assertEq(uint8(e.clearingHouse.statusOf(e.marketId)), uint8(MarketStatus.Active));
        assertEq(address(e.oracle).balance, 1000);
    }

    /// @dev A quote vault is registered like other makers, is an executor for its deleveraging, and is metered.
    function test_Deploy_WithAQuoteVault() public {
        DeployConfig memory c = config();
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        (c.breakerWindow, c.breakerMaxOutflow) = (1 hours, 100_000);
        c.timelockDelay = 2 days;
        Deployment memory e = script.deploy(c, address(script));
        SpotHedgeQuoteMaker maker = e.spotHedgeQuoteMaker;
        assertEq(e.clearingHouse.makersOf(e.marketId)[2], address(maker));
        assertEq(address(maker.asset()), address(usd));
        assertEq(address(maker.baseToken()), address(weth));
        assertEq(maker.owner(), address(e.timelock));
        assertEq(maker.requestVault(), address(e.spotHedgeQuoteMakerRequestVault));
        assertEq(e.spotHedgeQuoteMakerRequestVault.owner(), address(e.timelock));
        assertTrue(e.oracle.isExecutor(address(maker)));
        assertTrue(e.oracle.isExecutor(address(e.spotHedgeQuoteMakerRequestVault)));
        assertTrue(e.oracleMaker.isValidSender(address(maker)));
        assertTrue(maker.isWhitelistLp(lp));
        assertTrue(e.breaker.isProtected(address(maker)));
        assertEq(e.breaker.holdersOf(address(usd)).length, 2);
        assertEq(maker.lpRules().depositCap, 9e12);
        IQuoteVault.QuoteRules memory rules =
            IQuoteVault.QuoteRules(500_000, 400_000, 50_000, 150_000, 5_000, 100, 5e6, 30, 3, 10, 60);
        assertEq(abi.encode(maker.quoteRules()), abi.encode(rules));
    }

    function test_RevertIf_ModuleOfAnotherExchange() public {
        DeployConfig memory c = config();
        c.spotHedgeQuoteMaker = script.readConfig(_json(QUOTE_VAULT)).spotHedgeQuoteMaker;
        Deployment memory e = script.deploy(c, address(script));
        Deployment memory other = script.deploy(c, address(script));
        QuoteVaultModule module_ = QuoteVaultModule(address(other.spotHedgeQuoteMaker.lpModule()));
        ISpotHedgeVault.Parameters memory p = e.spotHedgeQuoteMaker.parameters();
        IQuoteVault.QuoteRules memory rules = e.spotHedgeQuoteMaker.quoteRules();
        vm.expectRevert(abi.encodeWithSelector(SpotHedgeMaker.ModuleMismatch.selector, module_));
        new SpotHedgeQuoteMaker("", "", owner(), e.clearingHouse, e.marketId, IERC20(address(weth)), p, rules, module_);
    }
}

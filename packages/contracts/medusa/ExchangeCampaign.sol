// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Deploy} from "../script/Deploy.s.sol";
import {OracleMaker} from "../src/makers/OracleMaker.sol";
import {ExchangeLaws} from "../test/invariant/ExchangeLaws.sol";
import {HandlerBase, World} from "../test/invariant/handlers/HandlerBase.sol";
import {SolvencyHandler} from "../test/invariant/handlers/SolvencyHandler.sol";
import {PythDouble} from "../test/utils/PythDouble.sol";
import {IUniswapV3Factory, SpotMarket} from "../test/utils/UniswapV3Local.sol";
import {TestToken} from "../test/utils/TestToken.sol";
import {UNISWAP_V3_FACTORY} from "./generated/UniswapV3Factory.sol";

/// @dev The exchange of the invariant suites with its laws. medusa deploys it before the campaign.
contract ExchangeWorld is ExchangeLaws {
    error AlreadyAdopted(address handler);

    constructor() {
        // Pays the fees of price updates. medusa gives its contracts no balance, unlike forge.
        vm.deal(address(this), 1 ether);
        setUp();
    }

    function worldOf() external view returns (World memory) {
        return world;
    }

    /// @dev Registers the campaign contract, whose actions replace those of the handler.
    function adopt(HandlerBase handler_) external {
        if (address(handler) != address(0)) revert AlreadyAdopted(address(handler));
        handler = handler_;
        _accounts.push(address(handler_));
    }

    function createHandler() internal pure override returns (HandlerBase) {
        return HandlerBase(address(0));
    }

    function createSpotMarket() internal override returns (SpotMarket market_) {
        market_ = new SpotMarket(IUniswapV3Factory(_create(UNISWAP_V3_FACTORY)), weth, usd, 500, START_PRICE);
        market_.provide(baseXCD(5_000e18));
    }

    function codeOf(string memory path) internal pure override returns (bytes memory) {
        bytes32 name = keccak256(bytes(path));
        if (name == keccak256("PythDouble.sol:PythDouble")) return type(PythDouble).creationCode;
        if (name == keccak256("TestToken.sol:TestToken")) return type(TestToken).creationCode;
        if (name == keccak256("Deploy.s.sol:Deploy")) return type(Deploy).creationCode;
        if (name == keccak256("OracleMaker.sol:OracleMaker")) return type(OracleMaker).creationCode;
        revert(path);
    }

    /// @dev Contracts cannot read logs in medusa.
    function seesShortages() internal pure override returns (bool) {
        return false;
    }
}

/// @dev All actions of the third layer. medusa checks the laws after each action.
contract ExchangeCampaign is SolvencyHandler {
    ExchangeWorld private immutable _laws;

    constructor(ExchangeWorld laws) SolvencyHandler(laws.worldOf()) {
        _laws = laws;
        laws.adopt(this);
    }

    function property_L1_L2_L3_L4_H1_H2_H3_TheBooksAddUp() external view returns (bool) {
        _laws.invariant_L1_L2_L3_L4_H1_H2_H3_TheBooksAddUp();
        return true;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ISpotAdapter} from "../../../src/interfaces/ISpotAdapter.sol";
import {ISpotHedgeVault} from "../../../src/interfaces/ISpotHedgeVault.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";
import {SpotVenue, UniswapV3Venue, UniswapV4Venue} from "../../utils/SpotVenues.sol";

/// @dev H1 of both hedged makers on every venue and path, through any sequence of fills of all kinds. Takers already have
/// positions when the owner sets the path.
abstract contract SpotHedgePathTest is SpotHedgeQuoteMakerTest {
    function createVenue() internal virtual returns (SpotVenue);

    function legs() internal pure virtual returns (uint256);

    function setUp() public override {
        super.setUp();
        sell(bob, address(shb), 40e18);
        buy(alice, address(shq), 40e18);
        ISpotAdapter adapter = _path(createVenue());
        vm.startPrank(owner());
        ISpotHedgeVault.Parameters memory p = shb.parameters();
        p.adapter = adapter;
        shb.setParameters(p);
        p = shq.parameters();
        p.adapter = adapter;
        shq.setParameters(p);
        vm.stopPrank();
        _checkH1();
    }

    function testFuzz_H1_EveryFillOfBothVaults(uint8[8] calldata kinds, uint64[8] calldata amounts) public {
        for (uint256 i = 0; i < kinds.length; ++i) {
            uint256 amount = boundAmount(amounts[i], 1e15, 4e18);
            bool isBaseToQuote = kinds[i] % 2 == 0;
            bool isExactInput = kinds[i] / 2 % 2 == 0;
            uint256 given = isBaseToQuote == isExactInput ? amount : amount * 2000;
            (address taker, address counterparty) = kinds[i] / 4 % 2 == 0 ? (bob, address(shb)) : (alice, address(shq));
            tradeAs(taker, order(taker, counterparty, isBaseToQuote, isExactInput, given));
            _checkH1();
        }
    }

    /// @dev Takers close everything, against pools that were not used for opening.
    function test_H1_AllTakersClose() public {
        close(bob, address(shb));
        close(alice, address(shq));
        _checkH1();
        assertEq(sizeOf(address(shb)), 0);
        assertEq(sizeOf(address(shq)), 0);
    }

    function _checkH1() private view {
        assertEq(int256(uint256(shb.assetBalance())) + sizeOf(address(shb)), 100e18, "H1, base");
        assertEq(weth.balanceOf(address(shb)), shb.assetBalance());
        assertEq(int256(uint256(shq.baseBalance())) + sizeOf(address(shq)), 0, "H1, quote");
        assertEq(weth.balanceOf(address(shq)), shq.baseBalance());
    }

    function _path(SpotVenue venue) private returns (ISpotAdapter) {
        address[] memory path = new address[](legs() + 1);
        (path[0], path[legs()]) = (address(weth), address(usd));
        if (legs() == 2) path[1] = deployCode("TestToken.sol:TestToken", abi.encode("BTC", "BTC", 8));
        for (uint256 leg = 0; leg < legs(); ++leg) {
            bool isLast = leg + 1 == legs();
            venue.createPool(path[leg], path[leg + 1], isLast ? 2000 : 1, 20_000);
        }
        return venue.adapterFor(path);
    }
}

contract SpotHedgeInTwoPoolsOfUniswapV3Test is SpotHedgePathTest {
    function createVenue() internal override returns (SpotVenue) {
        return new UniswapV3Venue();
    }

    function legs() internal pure override returns (uint256) {
        return 2;
    }
}

contract SpotHedgeOnUniswapV4Test is SpotHedgePathTest {
    function createVenue() internal override returns (SpotVenue) {
        return new UniswapV4Venue();
    }

    function legs() internal pure override returns (uint256) {
        return 1;
    }
}

contract SpotHedgeInTwoPoolsOfUniswapV4Test is SpotHedgePathTest {
    function createVenue() internal override returns (SpotVenue) {
        return new UniswapV4Venue();
    }

    function legs() internal pure override returns (uint256) {
        return 2;
    }
}
